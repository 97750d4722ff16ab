/**
 * Every bound of the field side in one place. All times are *elapsed* milliseconds: a demonstration whose wall clock
 * runs fast still talks to its meters at the speed of the wire.
 */
export type HeadendLimits = Readonly<{
  /** Connections that have not said yet which gateway they are. More are closed at once. */
  maxUnregisteredConnections: number
  /** Time a connection has to send its registration packet. */
  registrationTimeoutMs: number
  /** Registration text with nothing behind it waits so long for more, because `GW-1` may become `GW-10`. */
  registrationSettleMs: number
  /**
   * Where gateways are known by a meter behind them: a connection that has been silent for so long (or says what nobody
   * knows) is asked for its meters, each question waits so long, and no more meters than so many are asked for.
   */
  meterProbeAfterMs: number
  meterProbeAnswerMs: number
  maxMeterProbes: number
  /** Registration packets longer than this are not ours. */
  maxRegistrationBytes: number
  /** One address is named so often at most in the log when it keeps coming with an unknown registration. */
  unknownGatewayLogEveryMs: number
  /** A gateway that is to send heartbeats and is silent for longer is taken for gone. */
  gatewaySilenceMs: number
  /** First pause before a gateway is dialled (or a port is opened) again; it doubles. */
  dialFirstPauseMs: number
  dialLongestPauseMs: number
  dialTimeoutMs: number
  /** Bytes that do not leave in this time mean that the link is dead. */
  writeTimeoutMs: number
  /** Jobs of one priority that may wait on one line; each priority has its own bound, so reads never crowd out relays. */
  maxQueuedJobs: number
  /** Silence after a time-out, in which a late answer can pass without meeting the next request on the wire. */
  guardMs: number
  /** How long an answer that was given up may still come, where it could be taken for another question's (Modbus RTU). */
  lateAnswerMs: number
  /** What a gateway and the network may add to the meter's own response time, to begin with. */
  gatewayLatencyMs: number
  /** What a serial port on this machine may add. */
  serialLatencyMs: number
  /** However quick a meter has been, it is given the standard's 500 ms and this much for the way. */
  shortestLatencyMs: number
  /** However slow a meter is, the line waits no longer for it (beyond the bytes' own time). */
  longestResponseMs: number
  /** A silent meter is left alone for so long at first; it doubles. */
  backOffFirstMs: number
  backOffLongestMs: number
  /** Unanswered reads after which a meter backs off. */
  backOffAfterFailures: number
  readAttempts: Readonly<{ scheduled: number; person: number; state: number }>
  /** Follow-up frames of one identifier (function 12). */
  maxFollowUpFrames: number
  /** Exchanges that one read of a meter's own records may take. */
  maxStoredExchanges: number
  /** When, after the acknowledgement, the status word is looked at. */
  proofAtMs: readonly number[]
  /** A meter's clock that is further off than this makes it refuse a deadline; told and taken into account. */
  clockOffMs: number
  /** What a security module may take for one answer. */
  securityModuleMs: number
}>

export const defaultLimits: HeadendLimits = Object.freeze({
  maxUnregisteredConnections: 64,
  registrationTimeoutMs: 15_000,
  registrationSettleMs: 200,
  meterProbeAfterMs: 2_000,
  meterProbeAnswerMs: 2_000,
  maxMeterProbes: 64,
  maxRegistrationBytes: 256,
  unknownGatewayLogEveryMs: 60_000,
  gatewaySilenceMs: 180_000,
  dialFirstPauseMs: 1_000,
  dialLongestPauseMs: 60_000,
  dialTimeoutMs: 10_000,
  writeTimeoutMs: 5_000,
  maxQueuedJobs: 500,
  guardMs: 200,
  lateAnswerMs: 3_000,
  gatewayLatencyMs: 500,
  serialLatencyMs: 100,
  shortestLatencyMs: 100,
  longestResponseMs: 3_000,
  backOffFirstMs: 30_000,
  backOffLongestMs: 600_000,
  backOffAfterFailures: 2,
  readAttempts: Object.freeze({ scheduled: 2, person: 2, state: 2 }),
  maxFollowUpFrames: 32,
  maxStoredExchanges: 64,
  proofAtMs: Object.freeze([0, 150, 400, 1_000, 2_000]),
  clockOffMs: 20_000,
  securityModuleMs: 10_000,
})

/** DL/T 645-2007: a meter begins its answer 20 to 500 ms after the last byte of the request. */
export const longestMeterResponseMs = 500

/** FE bytes in front of every request; the standard allows 1 to 4 and meters that sleep need them. */
export const wakeUpBytes = 4
