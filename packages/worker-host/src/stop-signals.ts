/** The part of `process` that {@link onStopSignals} needs. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}

/** What to do on signals; see {@link onStopSignals}. */
export interface StopSignalHandlers {
  /** Called once, at the first signal of any of the watched kinds: begin to drain. */
  readonly first: (signal: NodeJS.Signals) => void;
  /** Called once, at the second signal: a person or service manager has lost patience. */
  readonly second: (signal: NodeJS.Signals) => void;
}

/**
 * SIGTERM: systemd, docker, Kubernetes. SIGINT: Ctrl-C. SIGHUP: the terminal was closed, or on Windows the console. SIGBREAK: Ctrl-Break
 * and Windows service wrappers.
 */
const stopSignals: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK'] : ['SIGTERM', 'SIGINT', 'SIGHUP'];

/**
 * Watches for the signals that ask a process to stop. Each handler is called at most once, whatever the mix of
 * signals; a third one changes nothing.
 *
 * @param source where signals come from; `process` unless a test gives its own
 * @returns detaches all listeners; may be called more than once
 */
export function onStopSignals(handlers: StopSignalHandlers, source: SignalSource = process): () => void {
  let seen = 0;
  const listener = (signal: NodeJS.Signals): void => {
    seen += 1;
    if (seen === 1) handlers.first(signal);
    else if (seen === 2) handlers.second(signal);
  };
  for (const signal of stopSignals) source.on(signal, listener);
  return () => {
    for (const signal of stopSignals) source.off(signal, listener);
  };
}
