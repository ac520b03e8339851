import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeLoopbackCertificate } from '@hartonomous/loopback-certificate';

/** Days of validity: the certificate lives as long as the server; more would only make a leaked one worth keeping. */
const validDays = 7;

/** Folder in the home folder that the server reads its certificate from. */
export function certificateFolder(home: string): string {
  return join(home, 'certificates');
}

/** File that clients trust the server by, PEM. */
export function certificateFile(home: string): string {
  return join(certificateFolder(home), 'public.crt');
}

/** Makes a certificate for localhost and writes it, with its key, where the server looks for them. */
export async function writeCertificate(home: string): Promise<void> {
  const { cert, key } = await makeLoopbackCertificate({ commonName: 'localhost', validDays: validDays });
  // The server wants the folder of further trusted certificates to be there.
  await mkdir(join(certificateFolder(home), 'trusted'), { recursive: true });
  await mkdir(join(certificateFolder(home), 'revoked'), { recursive: true });
  await writeFile(join(certificateFolder(home), 'private.key'), key, { mode: 0o600 });
  await writeFile(certificateFile(home), cert);
}
