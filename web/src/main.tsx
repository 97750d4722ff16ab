import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nextProvider } from 'react-i18next'
import { App } from './app/app.tsx'
import { isSignedOut } from './app/call.ts'
import { ErrorBoundary } from './app/crashed.tsx'
import { sessionQuery } from './app/session-query.ts'
import { sessionKey } from './live/query-keys.ts'
import { createWords, languageOf } from './words/i18n.ts'
import './app/page.css'
import './parts/parts.css'

/** A session that has ended elsewhere is noticed by whatever is asked next; looking at it again shows the door. */
const onError = (error: unknown): void => {
  if (isSignedOut(error)) void queries.invalidateQueries({ queryKey: [...sessionKey] })
}
const queries = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, { queryKey }) => {
      if (queryKey[0] !== sessionKey[0]) onError(error)
    },
  }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: { queries: { retry: 1, staleTime: 60_000, refetchOnWindowFocus: true } },
})

const place = document.querySelector('#root')
if (place === null) throw new Error('the page has no #root')

const start = async (): Promise<void> => {
  // Beside the words; when it fails, the door asks again and says so.
  void queries.prefetchQuery(sessionQuery)
  const words = await createWords(window.localStorage, navigator.languages)
  const tellLanguage = (): void => {
    document.documentElement.lang = languageOf(words) === 'zh' ? 'zh-CN' : 'en'
  }
  tellLanguage()
  words.on('languageChanged', tellLanguage)
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
}

start().catch(() => {
  // Without words there is nothing to say it with but both languages at once.
  const again = document.createElement('button')
  again.textContent = '先付加载失败，点此刷新 / Xianfu could not be loaded: reload'
  again.addEventListener('click', () => window.location.reload())
  place.replaceChildren(again)
})
