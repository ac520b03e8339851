import { EmulatorError, SqlError } from '../errors.ts';
/** Thrown by the decoders when a client's bytes break the TDS grammar. The connection they came from is closed. */
export class TdsProtocolError extends EmulatorError {
  readonly code = 'TDS_PROTOCOL';
  /** Number of the ERROR token that the client gets: 4002 for a broken stream, 8009 for an unknown data type and so on. */
  readonly number: number;

  constructor(message: string, number = 4002) {
    super(message);
    this.number = number;
  }
}

/** Thrown by `startTdsServer` when another program listens on the port already. */
export class PortInUseError extends EmulatorError {
  readonly code = 'PORT_IN_USE';
  readonly host: string;
  readonly port: number;

  constructor(host: string, port: number, options?: ErrorOptions) {
    super(
      `Port ${port} on ${host} is in use by another program, so the emulator cannot listen there. ` +
        'Stop that program (a SQL Server perhaps), or choose another port; port 0 takes any free one.',
      options,
    );
    this.host = host;
    this.port = port;
  }
}

/** Thrown by `startTdsServer` when listening fails for another reason than a port in use. */
export class ListenFailedError extends EmulatorError {
  readonly code = 'LISTEN_FAILED';
  readonly host: string;
  readonly port: number;

  constructor(host: string, port: number, cause: Error) {
    super(`Cannot listen on ${host}:${port}: ${cause.message}. Check the host name and the right to use the port.`, {
      cause,
    });
    this.host = host;
    this.port = port;
  }
}

/** 17836. */
export function unsupportedTdsVersion(version: string): SqlError {
  return new SqlError(`The emulator does not support TDS version ${version}. Use a client with TDS 7.3 or 7.4.`, {
    number: 17836,
    severity: 14,
  });
}

/** 18452. */
export function unsupportedAuthentication(): SqlError {
  return new SqlError(
    'Login failed. The emulator has no integrated or Entra authentication; use a SQL login (user name and password).',
    { number: 18452, severity: 14 },
  );
}

/** What ends a connection: the client broke the protocol, or the emulator has a defect (596). */
export function connectionError(error: unknown): SqlError {
  if (error instanceof TdsProtocolError) return new SqlError(error.message, { number: error.number, severity: 20 });
  const reason = error instanceof Error ? error.message : String(error);
  return new SqlError(`The emulator met a defect of its own: ${reason}. Please report it.`, {
    number: 596,
    severity: 20,
  });
}
