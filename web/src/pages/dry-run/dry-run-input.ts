import type { DryRunChange, DryRunRow } from '@xianfu/contract'

export type DryRunForm = Readonly<{
  siteId: number | null
  planName: string
  hours: number
  goesOnUsing: boolean
  alarm1: string
  alarm2: string
  cutOff: string
  restore: string
  lead: string
  pricePercent: string
  flatPrice: string
  /** `name` or `name@version` of a stored plan, or a document; both empty: no other plan. */
  otherPlan: string
  document: string
  ignoreNoTrip: boolean
  ignoreProtected: boolean
  liftKeepPower: boolean
}>

export const unchangedForm: DryRunForm = Object.freeze({
  siteId: null,
  planName: '',
  hours: 24,
  goesOnUsing: true,
  alarm1: '',
  alarm2: '',
  cutOff: '',
  restore: '',
  lead: '',
  pricePercent: '',
  flatPrice: '',
  otherPlan: '',
  document: '',
  ignoreNoTrip: false,
  ignoreProtected: false,
  liftKeepPower: false,
})

export type DryRunSearch = Readonly<{ site?: number }>

export const dryRunSearchOf = (search: Readonly<Record<string, unknown>>): DryRunSearch =>
  Number.isInteger(search['site']) ? { site: Number(search['site']) } : {}

/** What is sent: fields left empty are no change. */
export const inputOf = (form: DryRunForm) => ({
  hours: form.hours,
  goesOnUsing: form.goesOnUsing,
  change: changeOf(form),
  ...(form.siteId === null ? {} : { siteId: form.siteId }),
  ...(form.planName.trim() === '' ? {} : { planName: form.planName.trim() }),
  ...planOf(form),
})

/** Null: what was pasted is no JSON. */
export const documentOf = (text: string): Readonly<{ json: unknown }> | null => {
  try {
    return { json: JSON.parse(text) as unknown }
  } catch {
    return null
  }
}

const planOf = ({ document, otherPlan }: DryRunForm) => {
  if (document.trim() !== '') {
    const read = documentOf(document)
    return read === null ? {} : { plan: { document: read.json } }
  }
  const found = /^(.+?)(?:@(\d{1,6}))?$/u.exec(otherPlan.trim())
  const [, name, version] = found ?? []
  if (name === undefined) return {}
  return { plan: { name, ...(version === undefined ? {} : { version: Number(version) }) } }
}

const changeOf = (form: DryRunForm): DryRunChange => ({
  ...said('alarm1', form.alarm1),
  ...said('alarm2', form.alarm2),
  ...said('cutOff', form.cutOff),
  ...said('restore', form.restore),
  ...said('pricePercent', form.pricePercent),
  ...said('flatPrice', form.flatPrice),
  ...(form.lead.trim() === '' ? {} : { noticeLeadMinutes: Number(form.lead) }),
  ...(form.ignoreNoTrip ? { ignoreNoTrip: true as const } : {}),
  ...(form.ignoreProtected ? { ignoreProtected: true as const } : {}),
  ...(form.liftKeepPower ? { liftKeepPower: true as const } : {}),
})

const said = <Name extends string>(name: Name, text: string): { [N in Name]?: string } =>
  text.trim() === '' ? {} : ({ [name]: text.trim() } as { [N in Name]?: string })

/** Whether the change makes a difference to an account within the time looked at. */
export const isChanged = ({ changed, unchanged }: DryRunRow): boolean =>
  changed.outcome !== unchanged.outcome || changed.at !== unchanged.at
