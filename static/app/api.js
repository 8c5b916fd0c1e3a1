// The one client of the HTTP API: adds the base path, turns every failure into an ApiError.
// What routes take and answer stands in api-types.d.ts, which is made from the API's own description.

/** @typedef {import("./api-types").Get} Get */
/** @typedef {import("./api-types").Post} Post */

export class ApiError extends Error {
  // code: what programs read; message: a sentence for people
  constructor(message, code, status, body = {}) {
    super(message);
    Object.assign(this, { code, status, body });
  }
}

export const createApi = (basePath) => {
  const request = async (method, path, body) => {
    const isForm = body instanceof FormData;
    let response;
    let answer;
    try {
      // Whole: a page that was opened with a login inside its address may not ask for a relative one
      response = await fetch(`${location.origin}${basePath}/api/${path}`, {
        method,
        headers: body === undefined || isForm ? {} : { "Content-Type": "application/json" },
        body: body === undefined || isForm ? body : JSON.stringify(body),
      });
      answer = await response.json();
    } catch {
      throw new ApiError("RaceLink does not answer. Is it still running?", "unreachable", response?.status ?? 0);
    }
    if (!answer.ok) {
      throw new ApiError(answer.error ?? "That did not work.", answer.detail?.code, response.status, answer);
    }
    return answer;
  };
  return {
    url: (path) => `${basePath}/api/${path}`,
    /** @type {<P extends keyof Get>(path: P) => Promise<Get[P]["reply"]>} */
    get: (path) => request("GET", path),
    /** @type {<P extends keyof Post>(path: P, body?: Post[P]["body"]) => Promise<Post[P]["reply"]>} */
    post: (path, body = {}) => request("POST", path, body),
    upload: (path, file) => {
      const form = new FormData();
      form.append("file", file);
      return request("POST", path, form);
    },
    put: (path, body) => request("PUT", path, body),
    remove: (path) => request("DELETE", path),
  };
};
