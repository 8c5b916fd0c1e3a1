// What an operator can do with race bindings. Each action calls the API once and says how it went.
import { bodyOfBinding } from "./race-draft.js";

export const createRaceActions = ({ api, store, live, appActions }) => {
  const { attempt, toast } = appActions;

  const changed = async (work, success) => {
    const answer = await attempt(work, success);
    await live.refresh("race_bindings").catch(() => {});
    return answer;
  };

  return {
    openDialog: (dialog) => {
      store.set({ dialog });
      live.refresh("race_timer").catch(() => {}); // the timer does not say when its classes change
    },
    closeDialog: () => store.set({ dialog: null }),

    // Resolves to null when it was saved, else to the reason why not.
    save: async (draft) => {
      const kind = store.get().events.find(({ name }) => name === draft.event);
      const body = bodyOfBinding(draft, kind.label);
      try {
        await (draft.id === null ? api.post("race/bindings", body) : api.put(`race/bindings/${draft.id}`, body));
      } catch (error) {
        return error.message;
      }
      await live.refresh("race_bindings").catch(() => {});
      toast("success", `${body.name} is saved.`);
      return null;
    },

    addAll: (bindings, success) =>
      changed(async () => {
        for (const binding of bindings) await api.post("race/bindings", binding);
        return true;
      }, success),
    switchOn: ({ id }, isOn) => changed(() => api.put(`race/bindings/${id}`, { is_on: isOn })),
    duplicate: ({ id, name }) => changed(() => api.post(`race/bindings/${id}/duplicate`), `${name} is copied. The copy is off.`),
    remove: ({ id, name }) => changed(() => api.remove(`race/bindings/${id}`), `${name} is deleted.`),
    test: ({ id, name }) => attempt(() => api.post(`race/bindings/${id}/test`), `${name} was tried out.`),
    // One place earlier (-1) or later (1) among those of its event
    move: ({ id }, step) => {
      const { bindings } = store.get();
      const order = bindings.map((binding) => binding.id);
      const index = order.indexOf(id);
      order.splice(index, 1);
      order.splice(index + step, 0, id);
      return changed(() => api.post("race/bindings/reorder", { order }));
    },
  };
};
