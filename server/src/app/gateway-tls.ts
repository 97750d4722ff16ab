import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import type { SecureListening } from '../headend/transport/gateway-server.ts'
import type { Config } from './config.ts'

export type GatewayTls = Readonly<
  { ok: true; listening: SecureListening | null } | { ok: false; /** What to mend. */ words: string }
>

/** The files of the TLS port for gateways, read once and proven to belong together before anything is opened. */
export const readGatewayTls = async (config: Config, host: string): Promise<GatewayTls> => {
  const { gatewayTlsCertificate, gatewayTlsKey, gatewayTlsClients, gatewayTlsPort: port } = config
  if (gatewayTlsCertificate === undefined && gatewayTlsKey === undefined && gatewayTlsClients === undefined)
    return { ok: true, listening: null }
  if (gatewayTlsCertificate === undefined || gatewayTlsKey === undefined)
    return { ok: false, words: 'TLS for gateways needs both --gateway-tls-certificate and --gateway-tls-key' }
  try {
    const certificate = await readFile(gatewayTlsCertificate, 'utf8')
    const key = await readFile(gatewayTlsKey, 'utf8')
    const clientAuthorities = gatewayTlsClients === undefined ? null : await readFile(gatewayTlsClients, 'utf8')
    createSecureContext({ cert: certificate, key, ...(clientAuthorities === null ? {} : { ca: clientAuthorities }) })
    return { ok: true, listening: { host, port, certificate, key, clientAuthorities } }
  } catch (error) {
    // The message of a missing file names it; that of a wrong one says what is wrong, and never holds the key.
    return { ok: false, words: `TLS for gateways: ${error instanceof Error ? error.message : String(error)}` }
  }
}
