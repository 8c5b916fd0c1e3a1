// Style sheets of pages that are loaded later.

const loaded = new Map();

// Resolves when it counts; asked for twice it is loaded once.
export const loadStyles = (name) => {
  if (!loaded.has(name)) {
    loaded.set(
      name,
      new Promise((resolve, reject) => {
        const link = document.createElement("link");
        const href = new URL(name, import.meta.url);
        const failed = (reason) => {
          loaded.delete(name);
          link.remove();
          reject(reason);
        };
        Object.assign(link, { rel: "stylesheet", href, onload: resolve, onerror: failed });
        document.head.append(link);
      }),
    );
  }
  return loaded.get(name);
};
