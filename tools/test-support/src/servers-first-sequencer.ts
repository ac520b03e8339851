import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Starts the files beside the sources (`test/`, `conformance/`) of all packages before the ones in `src/`. Those start
 * servers and take up to minutes, and one that is started last keeps one core at work while the others have nothing to do;
 * the others take fractions of a second and fill up the end on all of them.
 */
export class ServersFirstSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isUnitTest = ({ moduleId, project }: TestSpecification) =>
      moduleId.slice(project.config.root.length).split(/[\\/]/)[1] === 'src';
    return [...sorted.filter((file) => !isUnitTest(file)), ...sorted.filter(isUnitTest)];
  }
}
