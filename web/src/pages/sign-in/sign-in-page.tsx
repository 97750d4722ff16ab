import { signIn } from '@xianfu/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Card, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { call, problemText } from '../../app/call.ts'
import { LanguageSwitch } from '../../app/shell.tsx'
import { sessionKey } from '../../live/query-keys.ts'
import { languageOf } from '../../words/i18n.ts'

type Fields = { login: string; password: string }

export const SignInPage = () => {
  const { t, i18n } = useTranslation()
  const queries = useQueryClient()
  const entering = useMutation({
    mutationFn: async (body: Fields) => call(signIn, { body }),
    onSuccess: (session) => queries.setQueryData(sessionKey, session),
  })
  return (
    <div className="shell">
      <header className="bar">
        <strong>{t('product')}</strong>
        <span>{t('signIn.tagline')}</span>
        <span className="space" />
        <LanguageSwitch />
      </header>
      <Card className="sign-in" title={t('signIn.title')}>
        <Form<Fields> layout="vertical" requiredMark={false} onFinish={(fields) => entering.mutate(fields)}>
          <Form.Item
            name="login"
            label={t('signIn.login')}
            rules={[{ required: true, message: t('signIn.needLogin') }]}
          >
            <Input autoFocus autoComplete="username" maxLength={64} />
          </Form.Item>
          <Form.Item
            name="password"
            label={t('signIn.password')}
            rules={[{ required: true, message: t('signIn.needPassword') }]}
          >
            <Input.Password autoComplete="current-password" maxLength={256} />
          </Form.Item>
          {entering.isError && (
            <Form.Item>
              <Alert
                type="error"
                showIcon
                title={problemText(entering.error, languageOf(i18n)) ?? t('error.unreachable')}
              />
            </Form.Item>
          )}
          <Button type="primary" htmlType="submit" block loading={entering.isPending}>
            {t('signIn.submit')}
          </Button>
        </Form>
      </Card>
    </div>
  )
}
