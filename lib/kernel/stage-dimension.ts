/** The value of the dimension `stage` of our metrics: a stage may have dots and begin with any of its characters; a dimension's value may not. */
export function stageDimension(stage: string): string {
  return stage.replace(/[^A-Za-z0-9_-]/g, '_').replace(/^[^A-Za-z0-9]/, 'x');
}
