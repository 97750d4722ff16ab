/** A channel to a person. `accepted` means that the channel has taken the message over, not that it was read. */
export type Notifier = {
  readonly channel: string
  send(
    message: Readonly<{ recipient: string; text: string }>,
  ): Promise<Readonly<{ accepted: true } | { accepted: false; why: string }>>
}
