import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { languageOf, rememberLanguage, speak } from '../words/i18n.ts'

export const useChangeLanguage = (): (() => void) => {
  const { t, i18n } = useTranslation()
  const { message } = App.useApp()
  return () => {
    const language = languageOf(i18n) === 'zh' ? 'en' : 'zh'
    speak(i18n, language).then(
      () => rememberLanguage(window.localStorage, language),
      () => message.error(t('error.notLoaded')),
    )
  }
}

export const LanguageSwitch = () => {
  const { t } = useTranslation()
  return (
    <Button size="small" ghost onClick={useChangeLanguage()} title={t('language.label')}>
      {t('language.switch')}
    </Button>
  )
}
