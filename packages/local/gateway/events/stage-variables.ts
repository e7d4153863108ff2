import type { Stage } from '../../model/application.ts';

/** `stageVariables` of an event: there only where the stage has any. */
export const stageVariables = ({ variables }: Stage): { stageVariables?: Stage['variables'] } =>
  Object.keys(variables).length > 0 ? { stageVariables: variables } : {};
