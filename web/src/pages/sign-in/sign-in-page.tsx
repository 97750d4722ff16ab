import { signIn } from '@xianfu/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input } from 'antd'
import { useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { LanguageSwitch } from '../../app/language-switch.tsx'
import { sessionKey } from '../../live/query-keys.ts'
import { Problem } from '../../parts/problem.tsx'
import './sign-in.css'

type Fields = { login: string; password: string }
const steps = ['pay', 'warn', 'stop', 'restore'] as const

/** The door. It says what the house is for, and where the first key lies; it never shows one. */
export const SignInPage = () => {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [capsLock, setCapsLock] = useState(false)
  const entering = useMutation({
    mutationFn: async (body: Fields) => call(signIn, { body }),
    onSuccess: (session) => queries.setQueryData(sessionKey, session),
  })
  const watchCapsLock = (event: KeyboardEvent): void => setCapsLock(event.getModifierState('CapsLock'))
  return (
    <div className="door">
      <header className="about">
        <img src="/mark.svg" alt="" width={56} height={56} />
        <h1>{t('product')}</h1>
        <p>{t('signIn.tagline')}</p>
        <ol>
          {steps.map((step) => (
            <li key={step}>{t(`signIn.steps.${step}`)}</li>
          ))}
        </ol>
      </header>
      <main className="enter">
        <div className="switch">
          <LanguageSwitch />
        </div>
        <h2>{t('signIn.title')}</h2>
        <Form<Fields> layout="vertical" requiredMark={false} onFinish={(fields) => entering.mutate(fields)}>
          <Form.Item
            name="login"
            label={t('signIn.login')}
            rules={[{ required: true, message: t('signIn.needLogin') }]}
          >
            <Input autoFocus size="large" autoComplete="username" maxLength={64} />
          </Form.Item>
          <Form.Item
            name="password"
            label={t('signIn.password')}
            rules={[{ required: true, message: t('signIn.needPassword') }]}
            {...(capsLock && { extra: t('signIn.capsLock') })}
          >
            <Input.Password
              size="large"
              autoComplete="current-password"
              maxLength={256}
              onKeyUp={watchCapsLock}
              onKeyDown={watchCapsLock}
            />
          </Form.Item>
          {entering.isError && (
            <Form.Item>
              <Problem error={entering.error} />
            </Form.Item>
          )}
          <Button type="primary" size="large" htmlType="submit" block loading={entering.isPending}>
            {t('signIn.submit')}
          </Button>
        </Form>
        <Alert type="info" title={t('signIn.where')} className="where" />
      </main>
    </div>
  )
}
