/**
 * The chart of accounts. `side` is the side on which an account grows; `owner` says whose each account of that code is;
 * a `bound` account may never be overdrawn. The database holds the same table and refuses what it forbids.
 */
type ChartLine = Readonly<{ side: 'debit' | 'credit'; owner: LedgerOwner; bound: boolean }>

export type LedgerOwner = 'account' | 'meter' | 'channel' | 'cashier' | 'component' | 'house'

export const chart = Object.freeze({
  /** 预付电费: what we owe the customer and may be used up; below zero it is what the customer owes. */
  'customer-prepayment': { side: 'credit', owner: 'account', bound: false },
  /** 冻结: the customer's, but not to be used. So the prepayment alone is what is available. */
  'customer-frozen': { side: 'credit', owner: 'account', bound: true },
  /** 欠费: old debt, kept apart from the prepayment and collected bit by bit. */
  'customer-receivable': { side: 'debit', owner: 'account', bound: true },
  /** 购电在途: bought for a meter with a purse of its own, not yet proven to be in it. */
  'meter-purchase-pending': { side: 'credit', owner: 'meter', bound: true },
  /** 表内余额: in the meter's purse, as far as we know. */
  'meter-wallet': { side: 'credit', owner: 'meter', bound: true },
  /** 渠道清算: taken by a channel, not yet at the bank. */
  'channel-clearing': { side: 'debit', owner: 'channel', bound: false },
  /** 收费员现金: in the drawer of one cashier; nobody can hand out more than is in it. */
  'cash-drawer': { side: 'debit', owner: 'cashier', bound: true },
  /** 银行存款 */
  bank: { side: 'debit', owner: 'house', bound: false },
  /** 电费收入: by component: energy, fee, capacity, demand … */
  revenue: { side: 'credit', owner: 'component', bound: false },
  /** 应交税费 */
  'tax-payable': { side: 'credit', owner: 'house', bound: false },
  /** 尾差: what rounding of statements gives and takes. */
  rounding: { side: 'debit', owner: 'house', bound: false },
  /** 应退款: taken off the customer, not yet paid out by the channel. */
  'refunds-payable': { side: 'credit', owner: 'channel', bound: true },
  /** 坏账 */
  'write-off': { side: 'debit', owner: 'house', bound: false },
  /** 待查款: money whose customer is not known yet. */
  suspense: { side: 'credit', owner: 'channel', bound: true },
  /** 户间转账: passes through; over all buckets it is zero. */
  'between-accounts': { side: 'debit', owner: 'house', bound: false },
  /** 收入分项: passes through from one component of revenue to another; over all buckets it is zero. */
  'between-components': { side: 'debit', owner: 'house', bound: false },
  /** 期初: the other side of balances that were brought in. */
  'opening-balances': { side: 'debit', owner: 'house', bound: false },
  /** 补偿: given to customers who waited too long for supply. */
  compensation: { side: 'debit', owner: 'house', bound: false },
  /** 现金长短款 */
  'cash-difference': { side: 'debit', owner: 'house', bound: false },
} as const satisfies Readonly<Record<string, ChartLine>>)

export type LedgerCode = keyof typeof chart
