import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLines } from '@hartonomous/download-cache';

/** File in the home folder that takes what the process prints. */
export function consoleFile(home: string): string {
  return join(home, 'logs', 'console.log');
}

/** The end of what the server wrote: its own log and what its process printed. */
export async function logTail(home: string): Promise<string> {
  const parts: string[] = [];
  for (const file of [join(home, 'logs', 'neo4j.log'), consoleFile(home)]) {
    const text = await readIfThere(file);
    if (text.trim() !== '') parts.push(lastLines(text, 15));
  }
  return parts.length === 0 ? '(nothing was logged)' : parts.join('\n');
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
