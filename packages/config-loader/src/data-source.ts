import { isIPv6 } from 'node:net';

/** Where a SQL Server listens, as `Data Source` says it. */
export interface SqlServerAddress {
  /** Host name or IP address; `.` and `(local)` are `localhost` here. */
  readonly host: string;
  /** Named instance, whose port SQL Browser reports; absent when a port is given, because the port wins. */
  readonly instance?: string;
  readonly port?: number;
}

/**
 * Parses a `Data Source`: `[tcp:]host[\INSTANCE][,port]`.
 *
 * @returns the address, or a description of the problem
 */
export function parseDataSource(text: string): SqlServerAddress | string {
  const prefixed = /^\s*(tcp|np|lpc|admin)\s*:(.*)$/is.exec(text);
  const protocol = prefixed?.[1]?.toLowerCase() ?? 'tcp';
  if (protocol !== 'tcp') {
    return `the protocol "${protocol}:" is not supported, only TCP is: write tcp:host,port or just host`;
  }
  const address = (prefixed?.[2] ?? text).trim();
  if (/^\(localdb\)/i.test(address)) {
    return '(localdb) exists on Windows for .NET only; use the host and port of a SQL Server that listens on TCP';
  }
  if (address.startsWith('\\\\')) return 'a pipe name (\\\\host\\pipe\\...) is not supported: use host or host,port';
  const comma = address.lastIndexOf(',');
  const portText = comma < 0 ? undefined : address.slice(comma + 1).trim();
  const [hostText = '', instance, ...more] = (comma < 0 ? address : address.slice(0, comma)).trim().split('\\');
  const host = hostName(hostText.trim());
  if (host === '') return 'the server has no host name: write host, host,port or host\\INSTANCE';
  const odd = oddSign(host);
  if (odd !== undefined) return `the server has ${odd} in its host name: write host, host,port or host\\INSTANCE`;
  if (more.length > 0) return 'the server has more than one "\\": write host\\INSTANCE';
  if (portText !== undefined) {
    const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0;
    if (port < 1 || port > 65_535) return 'the port after the comma is not a number from 1 to 65535';
    return { host, port };
  }
  if (instance === undefined) return { host };
  if (instance.trim() === '') return 'there is no instance name after the "\\"';
  if (instance.trim().toLowerCase() === 'mssqlserver') {
    return 'MSSQLSERVER is the default instance and can\'t be named: leave "\\MSSQLSERVER" out';
  }
  if (/[^\p{L}\p{N}_$#&-]/u.test(instance.trim())) {
    return 'the instance has a sign in its name that none can have: write host\\INSTANCE or host,port';
  }
  return { host, instance: instance.trim() };
}

/** What is in no host name; undefined where there is nothing of the kind. Addresses of IPv6 are the only ones with colons. */
function oddSign(host: string): string | undefined {
  if (isIPv6(host)) return undefined;
  if (host.includes('://')) return 'the "://" of a URL';
  if (/:\d+$/.test(host)) return 'a ":", which SQL Server writes as a "," before the port';
  const [sign] = /[^\p{L}\p{M}\p{N}._-]/u.exec(host) ?? [];
  if (sign === undefined) return undefined;
  if (/\s/.test(sign)) return 'a blank';
  // Any other sign may be a piece of a password that slipped in here.
  return ['/', ':', '@', '='].includes(sign) ? `a "${sign}"` : 'a sign that none can have';
}

function hostName(text: string): string {
  if (text === '.' || text.toLowerCase() === '(local)') return 'localhost';
  return text.replace(/^\[(.*)\]$/, '$1');
}
