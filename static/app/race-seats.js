// Lamps of seats and colours of teams: what the race page knows of them, and what an operator can do.

export const initialSeats = () => ({
  seats: [], // {index from 0, target}: those with lamps
  seatCount: 0,
  teamColours: [], // {team, colour: [red, green, blue]}
});

export const seatLists = ({ api, store }) => ({
  race_seats: async () => {
    const { seats, count } = await api.get("race/seats");
    store.set({ seats, seatCount: count });
  },
  race_team_colours: async () => {
    const { team_colours } = await api.get("race/team-colours");
    store.set({ teamColours: team_colours });
  },
});

export const SEAT_TOKENS = { race: ["race_seats"], settings: ["race_team_colours"] };

export const createSeatActions = ({ api, live, appActions }) => ({
  // target null: no lamps. What somebody else chose for other seats meanwhile stays.
  giveLamps: async (index, target) => {
    const done = await appActions.attempt(
      async () => {
        const { seats } = await api.get("race/seats");
        const others = seats.filter((seat) => seat.index !== index);
        return api.put("race/seats", { seats: target ? [...others, { index, target }] : others });
      },
      target ? `The lamps of seat ${index + 1} are chosen.` : `Seat ${index + 1} has no lamps now.`,
    );
    await live.refresh("race_seats").catch(() => {});
    return done;
  },
  saveTeamColours: async (colours) => {
    const done = await appActions.attempt(() => api.put("race/team-colours", { team_colours: colours }), "The colours of the teams are saved.");
    await live.refresh("race_team_colours").catch(() => {});
    return done;
  },
});
