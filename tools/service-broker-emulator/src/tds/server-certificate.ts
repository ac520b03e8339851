import { makeLoopbackCertificate } from '@hartonomous/loopback-certificate';

/** A certificate with its private key, both PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

let cached: Promise<ServerCertificate> | undefined;

/** A self-signed certificate for localhost, made once per process and kept in memory only: for a year, as an emulator may run. */
export function selfSignedCertificate(): Promise<ServerCertificate> {
  cached ??= makeLoopbackCertificate({ commonName: 'localhost', validDays: 365 });
  return cached;
}
