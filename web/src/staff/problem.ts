/** One finding of a refusal; `where.column` is the property that it is about. */
export interface Refused {
  code: string;
  severity?: string;
  detail: string;
  remedy: string;
  where?: { column?: string };
}

interface ProblemBody {
  code?: string;
  detail?: string;
  remedy?: string;
  where?: { column?: string };
  issues?: Refused[];
}

/** An answer other than success, in words: RFC 9457 with a code and a remedy. `status` 0: no answer came. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly remedy: string,
    readonly body: ProblemBody = {},
    readonly retryAfterS: number | null = null,
  ) {
    super(detail);
  }

  static async of(answer: Response): Promise<Problem> {
    return Problem.parsed(answer.status, await answer.text().catch(() => ""), answer.headers.get("retry-after"));
  }

  static parsed(status: number, text: string, retryAfter: string | null): Problem {
    let body: ProblemBody = {};
    try {
      const read: unknown = JSON.parse(text);
      if (typeof read === "object" && read !== null) body = read as ProblemBody;
    } catch {
      // Whatever stands between the page and the service may answer in its own words.
    }
    const seconds = Number(retryAfter ?? Number.NaN);
    return new Problem(
      status,
      body.code ?? `http_${status}`,
      body.detail ?? "",
      body.remedy ?? "",
      body,
      Number.isFinite(seconds) ? seconds : null,
    );
  }

  /** No answer: offline, or the service is away. */
  static silent(): Problem {
    return new Problem(0, "no_answer", "", "");
  }
}
