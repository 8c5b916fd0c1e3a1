// Which page is shown stands in the address; switching reads nothing from the server but a page's own code.

const PAGES = { devices: "/", scenes: "/scenes" };

export const createRouter = ({ basePath, store }) => {
  const current = () => (location.pathname === basePath + PAGES.scenes ? "scenes" : "devices");
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
