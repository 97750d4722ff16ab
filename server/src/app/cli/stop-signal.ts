/** The first Ctrl-C stops cleanly, a second one at once. */
export const stopSignal = async (): Promise<void> =>
  new Promise((resolve) => {
    let times = 0
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        times += 1
        if (times > 1) process.exit(130)
        resolve()
      })
  })
