/**
 * What the address of a list keeps, so that it survives going back and can be sent to a colleague: what is searched for
 * (`q`), which row is chosen (`id`), and the filters of the page by their names. All of it is text; nothing is empty.
 */
export type ListSearch<Filter extends string = never> = Readonly<Partial<Record<Filter | 'q' | 'id', string>>>

/** A longer text in an address is nobody's search. */
export const mostSearchedChars = 100

const textOf = (value: unknown): string =>
  // The router reads a number out of `?q=10009`.
  typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, mostSearchedChars) : ''

/** Reads an address; whatever is not understood is left out. What a filter may be, the page knows. */
export const listSearchOf =
  <Filter extends string = never>(...filters: readonly Filter[]) =>
  (search: Readonly<Record<string, unknown>>): ListSearch<Filter> =>
    Object.fromEntries(
      ['q', 'id', ...filters].flatMap((name) => {
        const text = textOf(search[name])
        return text === '' ? [] : [[name, text]]
      }),
    ) as ListSearch<Filter>

export const sameSearch = (a: ListSearch<string>, b: ListSearch<string>): boolean =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) => (a[name] ?? '') === (b[name] ?? ''))

/** A filter that may be one of these; anything else, as from an old address, is none. */
export const oneOf = <T extends string>(known: readonly T[], text: string | undefined): T | null =>
  known.find((one) => one === text) ?? null
