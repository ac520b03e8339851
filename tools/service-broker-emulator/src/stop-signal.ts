/** How a wait for a stop signal goes on once the signal came. */
export interface StopRequest {
  readonly signal: NodeJS.Signals;
  /** Settles at the second signal, or when the time for a clean stop is over. Its value says which. */
  readonly forced: Promise<'second signal' | 'deadline'>;
}

/**
 * Waits for SIGINT or SIGTERM. From then on a second signal, or the end of `deadlineMs`, asks for a stop by force.
 *
 * @param deadlineMs milliseconds that a clean stop may take
 */
export async function stopRequested(deadlineMs: number): Promise<StopRequest> {
  const first = Promise.withResolvers<NodeJS.Signals>();
  const forced = Promise.withResolvers<'second signal' | 'deadline'>();
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) forced.resolve('second signal');
    stopping = true;
    first.resolve(signal);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const signal = await first.promise;
  setTimeout(() => forced.resolve('deadline'), deadlineMs).unref();
  return { signal, forced: forced.promise };
}
