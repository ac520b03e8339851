import { readFile } from 'node:fs/promises';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import type { PackedPackage } from './pack.ts';

/** Ways to import a package that these packages don't have: they are modules of ECMAScript only. */
const commonJs: ReadonlySet<string> = new Set(['node10', 'node16-cjs']);

/**
 * What publint and arethetypeswrong (in its profile esm-only) find in a tarball.
 *
 * @returns a line for each problem
 */
export async function packageProblems({ name, tarball }: PackedPackage): Promise<readonly string[]> {
  const bytes = await readFile(tarball);
  const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: data }, strict: true });
  const types = await checkPackage(createPackageFromTarballData(new Uint8Array(bytes)));
  const wrongTypes =
    types.types === false ? [`${name} has no types`] : types.problems.filter(isOurs).map(describeProblem);
  return [...messages.map((message) => `publint: ${formatMessage(message, pkg) ?? message.code}`), ...wrongTypes];
}

interface TypeProblem {
  readonly kind: string;
}

function isOurs(problem: TypeProblem): boolean {
  return !('resolutionKind' in problem && commonJs.has(String(problem.resolutionKind)));
}

function describeProblem(problem: TypeProblem): string {
  return `arethetypeswrong: ${JSON.stringify(problem)}`;
}
