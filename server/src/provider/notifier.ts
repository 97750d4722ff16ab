/**
 * A channel to a person. `accepted` means that the channel has taken the message over, not that it was read; `delivered`
 * that it is its own receipt. A channel whose receipts come later gives the `reference` that they will name.
 */
export type Notifier = {
  readonly channel: string
  send(
    message: Readonly<{ recipient: string; text: string }>,
  ): Promise<Readonly<{ accepted: true; delivered?: boolean; reference?: string } | { accepted: false; why: string }>>
}
