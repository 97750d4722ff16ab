import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { languageOf, rememberLanguage } from '../words/i18n.ts'

export const useChangeLanguage = (): (() => void) => {
  const { i18n } = useTranslation()
  return () => {
    const language = languageOf(i18n) === 'zh' ? 'en' : 'zh'
    rememberLanguage(window.localStorage, language)
    void i18n.changeLanguage(language)
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
