/** The parts of GitHub's REST API that previews need, of one repository. Every failure is a GitHubError. */
export interface GitHubApi {
  /** Undefined where the repository never had a pull request of that number. */
  getPull(number: number): Promise<PullState | undefined>
  /** The pull requests that a commit came with. */
  pullsOf(commit: string): Promise<readonly number[]>
  /** Every page, oldest first. */
  comments(pull: number): Promise<readonly Comment[]>
  /** @returns the number of the comment */
  createComment(pull: number, body: string): Promise<number>
  updateComment(id: number, body: string): Promise<void>
  /** A transient one, whatever checks say of its commit. @returns its number */
  createDeployment(deployment: NewDeployment): Promise<number>
  /** Those of the previews of a pull request, newest first. */
  deploymentsOf(environment: string, pull: number): Promise<readonly PreviewDeployment[]>
  /** Whether the last that is known of a deployment is anything but inactive. */
  isActive(deployment: number): Promise<boolean>
  setDeploymentStatus(id: number, status: DeploymentStatus): Promise<void>
  /** The same, whose calls have to end within so many milliseconds from now. */
  within(milliseconds: number): GitHubApi
}

export interface PullState {
  readonly number: number
  readonly isOpen: boolean
  readonly headSha: string
  /** Whether its head lies in another repository, or in none any more. */
  readonly isForeign?: boolean
  readonly labels: readonly string[]
  /** Whether its author works on it still. */
  readonly isDraft?: boolean
}

/** Of the conversation, not of a line of code. */
export interface Comment {
  readonly id: number
  readonly body: string
  /** Its login; empty where there is no such user any more. */
  readonly author: string
  /** Whether whoever holds the token wrote it. */
  readonly isOurs: boolean
}

export interface NewDeployment {
  /** The commit. */
  readonly ref: string
  readonly environment: string
  readonly pull: number
  /** The function that it is a preview of. */
  readonly preview: string
  /** Where that preview is; undefined where nobody knew. */
  readonly region: string | undefined
  readonly description: string
}

export interface PreviewDeployment extends Pick<NewDeployment, 'preview' | 'region'> {
  readonly id: number
}

export interface DeploymentStatus {
  readonly state: 'in_progress' | 'success' | 'failure' | 'inactive' | 'error'
  readonly environmentUrl?: string | undefined
  readonly logUrl?: string | undefined
  readonly description: string
}
