// Which page is shown stands in the address; switching reads nothing from the server but a page's own code.

const PAGES = { devices: "/", scenes: "/scenes", race: "/race" };

export const createRouter = ({ basePath, store }) => {
  const current = () => Object.keys(PAGES).find((page) => location.pathname === basePath + PAGES[page]) ?? "devices";
  const follow = () => store.set({ page: current(), dialog: null });
  addEventListener("popstate", follow);
  follow();
  return {
    addressOf: (page) => basePath + PAGES[page],
    show: (page) => {
      if (page === current()) return;
      history.pushState(null, "", basePath + PAGES[page]);
      follow();
    },
  };
};
