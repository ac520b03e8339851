import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate for 127.0.0.1 and localhost, made anew at each start, and the file that clients trust it by. */
export interface EmulatorCertificate extends AsyncDisposable {
  readonly key: string;
  readonly cert: string;
  /** PEM file, for NODE_EXTRA_CA_CERTS. */
  readonly file: string;
}

/** Days of validity: the certificate lives as long as the emulator; more would only make a leaked one worth keeping. */
const validDays = 7;

/** Makes the certificate and its file; disposing removes the file. */
export async function createCertificate(): Promise<EmulatorCertificate> {
  // Only here: reflect-metadata, which it brings, costs start-up time.
  const { generate } = await import('selfsigned');
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'azure-emulator' }], {
    keyType: 'ec',
    curve: 'P-256',
    notBeforeDate: new Date(Date.now() - 60_000),
    notAfterDate: new Date(Date.now() + validDays * 86_400_000),
    algorithm: 'sha256',
    extensions: [
      // A trust anchor for clients that are given it as their one certificate authority.
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  const folder = await mkdtemp(join(tmpdir(), 'azure-emulator-'));
  const file = join(folder, 'ca.pem');
  await writeFile(file, cert);
  return { key, cert, file, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
