import { createHash, randomBytes } from 'node:crypto';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

// What `neo4j-admin dbms set-initial-password` of 5.26 writes, byte for byte (checked against it in the tests).
const iterations = 1024;

/** One line of `auth.ini`: user, digest name, salted and iterated SHA-256, salt, number of iterations, no flags. */
export function initialPasswordLine(username: string, password: string, salt: Buffer = randomBytes(32)): string {
  let digest = createHash('sha256').update(salt).update(password, 'utf8').digest();
  for (let round = 1; round < iterations; round += 1) digest = createHash('sha256').update(digest).digest();
  return `${username}:SHA-256,${digest.toString('hex')},${salt.toString('hex')},${iterations}:\n`;
}

/**
 * Sets the password that the server takes over at the first start of a home folder; later starts ignore it.
 * Written as a file because the server's own command is one more Java start (2 s) and takes the password on its command
 * line, where every user of the machine can read it.
 */
export async function writeInitialPassword(home: string, password: string): Promise<void> {
  const folder = join(home, 'data', 'dbms');
  await mkdir(folder, { recursive: true });
  const started = await access(join(home, 'data', 'databases', 'system')).then(
    () => true,
    () => false,
  );
  if (!started) await writeFile(join(folder, 'auth.ini'), initialPasswordLine('neo4j', password), { mode: 0o600 });
}
