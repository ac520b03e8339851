import { afterAll } from 'vitest';

// A setup file: Vitest runs it once for each test file. Files share a process, so a variable or a working directory that one leaves
// behind reaches the programs that the next one starts.
const before = { ...process.env };
const folder = process.cwd();

afterAll(() => {
  const names = new Set([...Object.keys(before), ...Object.keys(process.env)]);
  const changed = [...names].filter((name) => process.env[name] !== before[name]).sort();
  for (const name of changed) {
    const value = before[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  const left = process.cwd();
  if (left !== folder) {
    process.chdir(folder);
    throw new Error(`This test file left ${left} as the working directory. Pass a folder to what needs one instead.`);
  }
  if (changed.length > 0)
    throw new Error(
      `This test file left ${changed.join(', ')} changed in process.env. Set variables with vi.stubEnv and undo it with vi.unstubAllEnvs.`,
    );
});
