// A queue: one work after the other, where each reads what is stored, changes it, and stores it.
export function turns() {
  let before = Promise.resolve();
  return (work) => {
    const now = before.then(work);
    before = now.catch(() => {});
    return now;
  };
}
