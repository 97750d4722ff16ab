/** Ways by which money comes in and goes back. */
export const paymentChannels = ['cash-counter', 'card-terminal', 'bank-transfer', 'wechat-pay', 'alipay'] as const
export type PaymentChannel = (typeof paymentChannels)[number]
