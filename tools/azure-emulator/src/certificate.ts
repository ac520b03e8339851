import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeLoopbackCertificate } from '@hartonomous/loopback-certificate';

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
  const { cert, key } = await makeLoopbackCertificate({ commonName: 'azure-emulator', validDays });
  const folder = await mkdtemp(join(tmpdir(), 'azure-emulator-'));
  const file = join(folder, 'ca.pem');
  await writeFile(file, cert);
  return { key, cert, file, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
