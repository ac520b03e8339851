import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Days of validity: the certificate lives as long as the server; more would only make a leaked one worth keeping. */
const VALID_DAYS = 7;

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
  // Only here: loading it takes longer than the rest of a start, and most servers have no TLS.
  const { generate } = await import('selfsigned');
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    notBeforeDate: new Date(Date.now() - 60_000),
    notAfterDate: new Date(Date.now() + VALID_DAYS * 86_400_000),
    algorithm: 'sha256',
    extensions: [
      // A trust anchor for clients that are given it as a certificate authority.
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
  // The server wants the folder of further trusted certificates to be there.
  await mkdir(join(certificateFolder(home), 'trusted'), { recursive: true });
  await mkdir(join(certificateFolder(home), 'revoked'), { recursive: true });
  await writeFile(join(certificateFolder(home), 'private.key'), key, { mode: 0o600 });
  await writeFile(certificateFile(home), cert);
}
