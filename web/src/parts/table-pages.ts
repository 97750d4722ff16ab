/** Pages of a table that fills its place: as many rows as the operator likes, no row of pages under a short one. */
export const tablePages = (rows: number) => ({ defaultPageSize: rows, hideOnSinglePage: true, size: 'small' }) as const

/** Pages of a table in a panel among others: so many rows and no more, a step at a time. */
export const panelPages = (rows: number) =>
  ({ pageSize: rows, simple: true, hideOnSinglePage: true, size: 'small', showSizeChanger: false }) as const
