// Exit code 1 and a line for each wording of words/word-list.ts in the repository.
import { join } from 'node:path';
import { readPages } from './words/read-pages.ts';
import { wordingProblems } from './words/wording-problems.ts';

const pages = readPages(join(import.meta.dirname, '../../..'));
const problems = pages.flatMap(({ file, text }) => wordingProblems(file, text));
for (const { file, line, wording, instead } of problems) {
  process.stderr.write(`${file}:${line}: "${wording}"; instead: ${instead}\n`);
}
if (problems.length > 0) {
  process.stderr.write(
    `\n${problems.length} of ${pages.length} files' wordings; docs/glossary.md, "Instead of", has why.\n`,
  );
  process.exitCode = 1;
}
