/** What the command line stands on: where it prints, and when it is told to end. */
export type Surface = Readonly<{
  out(text: string): void
  err(text: string): void
  /** Resolves at Ctrl-C; with `withParent` also when the standard input ends. */
  stopped(withParent: boolean): Promise<void>
}>

export const processSurface: Surface = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  async stopped(withParent) {
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
      if (withParent)
        process.stdin
          .resume()
          .once('end', () => resolve())
          .once('close', () => resolve())
    })
    process.stdin.destroy()
  },
}
