import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nextProvider } from 'react-i18next'
import { App } from './app/app.tsx'
import { ErrorBoundary } from './app/crashed.tsx'
import { createWords, languageOf } from './words/i18n.ts'
import './app/page.css'
import './parts/parts.css'

const words = createWords(window.localStorage, navigator.languages)
const tellLanguage = (): void => {
  document.documentElement.lang = languageOf(words) === 'zh' ? 'zh-CN' : 'en'
}
tellLanguage()
words.on('languageChanged', tellLanguage)
const queries = new QueryClient({
  defaultOptions: { queries: { retry: 1, staleTime: 60_000, refetchOnWindowFocus: true } },
})
const place = document.querySelector('#root')
if (place === null) throw new Error('the page has no #root')
createRoot(place).render(
  <StrictMode>
    <I18nextProvider i18n={words}>
      <ErrorBoundary>
        <QueryClientProvider client={queries}>
          <App />
        </QueryClientProvider>
      </ErrorBoundary>
    </I18nextProvider>
  </StrictMode>,
)
