import { type Finding, fine, problem, warning } from './finding.ts';

/** Milliseconds apart at which a person should know: ages and leases are off by so much. Less is the way of a statement under load. */
const noticeableMs = 5_000;

/** Milliseconds apart at which tokens and certificates are refused: Microsoft Entra and Kerberos allow five minutes. */
const refusedMs = 300_000;

/** A look at another machine's clock, between two at ours. Milliseconds since 1970, UTC. */
export interface ClockReading {
  readonly before: number;
  readonly there: number;
  readonly after: number;
}

/**
 * Whether two clocks agree. The way there and back isn't a difference: only what lies outside of it counts.
 *
 * @param server for example `SQL Server`
 */
export function clockFinding(id: string, server: string, { before, there, after }: ClockReading): Finding {
  const apart = there < before ? there - before : there > after ? there - after : 0;
  const size = Math.abs(apart);
  if (size < noticeableMs) return fine(id, `The clock of ${server} agrees with that of this machine.`);
  const message = `The clock of ${server} is ${(size / 1_000).toFixed(0)} s ${apart > 0 ? 'ahead of' : 'behind'} that of this machine.`;
  const action =
    'Let both take the time from one source: timedatectl status, chronyc tracking; on Windows w32tm /query /status.';
  return size < refusedMs ? warning(id, message, action) : problem(id, message, action);
}
