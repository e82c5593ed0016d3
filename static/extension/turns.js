// A queue of asynchronous tasks that run one after the other: each reads the storage, changes it and writes it.
export function turns() {
  let last = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => {});
    return result;
  };
}
