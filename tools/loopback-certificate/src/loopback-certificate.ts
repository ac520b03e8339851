/** A certificate with its private key, both PEM. */
export interface LoopbackCertificate {
  readonly cert: string;
  readonly key: string;
}

/** What distinguishes certificates. */
export interface LoopbackCertificateOptions {
  /**
   * Subject and issuer. OpenSSL finds a trusted certificate by it, so stand-ins that one client trusts at the same time need
   * names of their own.
   */
  readonly commonName: string;
  /** Days from now, at least 1. Too short: clients of a server that runs for long are cut off. Too long: a leaked key is worth keeping. */
  readonly validDays: number;
}

/**
 * Makes a self-signed certificate for `localhost`, 127.0.0.1 and ::1. It has an elliptic-curve key: an RSA key takes some hundred
 * milliseconds to make, and each handshake with it ten times the processor time.
 */
export async function makeLoopbackCertificate({
  commonName,
  validDays,
}: LoopbackCertificateOptions): Promise<LoopbackCertificate> {
  // Loaded here: it takes longer than the rest of a stand-in's start, and clients in clear never need it.
  const { generate } = await import('selfsigned');
  const { cert, private: key } = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    curve: 'P-256',
    // Clients in containers have clocks that differ by a little.
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
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return { cert, key };
}
