import type { PursePurchase, PurseRead, PurseWrite } from '../headend.ts'

/** How a language reads and fills a purse. */
export type PurseLanguage = Readonly<{
  read(): Promise<PurseRead>
  write(purchase: PursePurchase): Promise<PurseWrite>
}>
