import type { Clock } from '../domain/clock.ts'
import { createHeadend } from '../headend/create-headend.ts'
import type { Headend } from '../headend/headend.ts'
import type { Config } from './config.ts'
import { readGatewayTls } from './gateway-tls.ts'
import { StartRefused, type Mode } from './one-server.ts'
import { sayHeadend, type Say } from './say.ts'
import { openSecurityModule } from './security-module.ts'

/**
 * The field side of a process, of the house and of a further headend alike. Nothing listens before it is started. Throws
 * {@link StartRefused} when certificates or keys are not as they have to be.
 */
export const openHeadend = async (
  config: Config,
  {
    mode,
    listen,
    clock,
    say,
  }: Readonly<{ mode: Mode; listen: Readonly<{ host: string; port: number }>; clock: Clock; say: Say }>,
): Promise<Headend> => {
  const tls = await readGatewayTls(config, listen.host)
  if (!tls.ok) throw new StartRefused(tls.words)
  const security = await openSecurityModule(config, mode, say)
  return createHeadend({
    clock,
    listen,
    ...(tls.listening === null ? {} : { listenSecurely: tls.listening }),
    log: sayHeadend(say),
    security,
  })
}
