/** Thrown by the decoders when a client's bytes break the TDS grammar. The connection they came from is closed. */
export class TdsProtocolError extends Error {
  readonly code = 'TDS_PROTOCOL';
  /** Number of the ERROR token that the client gets: 4002 for a broken stream, 8009 for an unknown data type and so on. */
  readonly number: number;

  constructor(message: string, number = 4002) {
    super(message);
    this.name = 'TdsProtocolError';
    this.number = number;
  }
}

/** Thrown by `startTdsServer` when another program listens on the port already. */
export class PortInUseError extends Error {
  readonly code = 'PORT_IN_USE';
  readonly host: string;
  readonly port: number;

  constructor(host: string, port: number, options?: ErrorOptions) {
    super(
      `Port ${port} on ${host} is in use by another program, so the emulator cannot listen there. ` +
        'Stop that program (a SQL Server perhaps), or choose another port; port 0 takes any free one.',
      options,
    );
    this.name = 'PortInUseError';
    this.host = host;
    this.port = port;
  }
}

/** Thrown by `startTdsServer` when listening fails for another reason than a port in use. */
export class ListenFailedError extends Error {
  readonly code = 'LISTEN_FAILED';
  readonly host: string;
  readonly port: number;

  constructor(host: string, port: number, cause: Error) {
    super(`Cannot listen on ${host}:${port}: ${cause.message}. Check the host name and the right to use the port.`, {
      cause,
    });
    this.name = 'ListenFailedError';
    this.host = host;
    this.port = port;
  }
}
