/** A certificate with its private key, both PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

let cached: Promise<ServerCertificate> | undefined;

/**
 * A self-signed certificate for localhost, made once per process and kept in memory only. It has an elliptic-curve key:
 * an RSA key takes some hundred milliseconds to make, and each handshake with it ten times the processor time.
 */
export function selfSignedCertificate(): Promise<ServerCertificate> {
  cached ??= makeCertificate();
  return cached;
}

async function makeCertificate(): Promise<ServerCertificate> {
  // Loading the library takes longer than starting the rest of the emulator, and clients in clear never need it.
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
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
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}
