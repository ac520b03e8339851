import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** A file's package, and whether it lies in its `src/`. */
function placeOf({ moduleId, project }: TestSpecification): { readonly folder: string; readonly isUnitTest: boolean } {
  const [group = '', folder = '', part] = moduleId.slice(project.config.root.length + 1).split(/[\\/]/);
  return { folder: `${group}/${folder}`, isUnitTest: part === 'src' };
}

/**
 * Starts the files beside the sources (`test/`, `conformance/`) of all packages before the ones in `src/`. Those start
 * servers and take up to minutes, and one that is started last keeps one core at work while the others have nothing to do;
 * the others take fractions of a second and fill up the end on all of them. Packages come one after the other, apps first: their
 * files take the longest, and the emulator's, which come last, the least.
 */
export class ServersFirstSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = (await super.sort(files)).map((file) => ({ file, ...placeOf(file) }));
    return sorted
      .toSorted((a, b) => Number(a.isUnitTest) - Number(b.isUnitTest) || a.folder.localeCompare(b.folder, 'en'))
      .map(({ file }) => file);
  }
}
