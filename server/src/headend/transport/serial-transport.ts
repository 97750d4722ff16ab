import type { Clock } from '../../domain/clock.ts'
import type { LineConfig } from '../headend.ts'
import { BytePipe } from './byte-pipe.ts'
import type { Transport } from './transport.ts'

/**
 * Opens a serial port (RS-485 adapter, optical head) with 8 data bits and 1 stop bit. The library is loaded only here
 * and only now, so that a site without serial ports does not depend on its native part.
 */
export const openSerial = async (
  path: string,
  line: LineConfig,
  options: Readonly<{ clock: Clock; writeTimeoutMs: number }>,
): Promise<Transport> => {
  const { SerialPort } = await import('serialport')
  const port = new SerialPort(serialPortOptions(path, line))
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error === null ? resolve() : reject(new Error(openingFailure(path, error.message)))))
  })
  const pipe = new BytePipe(
    {
      remoteAddress: path,
      send: (bytes, done) => {
        // Written means handed to the system; drained means on the wire, which is when the answer's time begins.
        port.write(Buffer.from(bytes), (error) => {
          if (error !== null && error !== undefined) done(error)
          else port.drain(done)
        })
      },
      destroy: () => {
        if (port.isOpen) port.close(() => undefined)
      },
    },
    options.clock,
    options.writeTimeoutMs,
  )
  port.on('data', (bytes: Uint8Array) => pipe.received(bytes))
  port.on('error', (error) => pipe.closed(error.message))
  port.on('close', () => pipe.closed('the serial port was closed or unplugged'))
  return pipe.transport()
}

/** Eight data bits and one stop bit; a standard infrared head is the same at 1200 bit/s with even parity. */
export const serialPortOptions = (path: string, { baudRate, parity }: LineConfig) =>
  ({ path, baudRate, parity, dataBits: 8, stopBits: 1, autoOpen: false }) as const

const openingFailure = (path: string, message: string): string => {
  if (/no such file|cannot find|not found/iu.test(message))
    return `There is no serial port ${path}. Check that the adapter is plugged in and that the name is right.`
  if (/permission|access denied/iu.test(message))
    return `No permission to open ${path}. Close other programs that use it, or add your user to its group (often "dialout").`
  if (/lock|busy|in use/iu.test(message)) return `Another program uses ${path}. Close it and try again.`
  return `Could not open ${path}: ${message}.`
}
