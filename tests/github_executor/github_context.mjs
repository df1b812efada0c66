// The github context of a run: what all its jobs see alike.

/** @param input the executor's input, @param workflow the root workflow */
export function githubContext(input, workflow, token) {
  const { event, repository, ref, sha } = input;
  const pullRequest = event.payload.pull_request;
  return {
    ...owners(repository.name, input.actor),
    event: event.payload,
    event_name: event.name,
    sha,
    ref,
    ref_name: ref.replace(/^refs\/(heads|tags|pull)\//, ""),
    ref_type: ref.startsWith("refs/tags/") ? "tag" : "branch",
    ref_protected: "false",
    base_ref: pullRequest?.base?.ref ?? "",
    head_ref: pullRequest?.head?.ref ?? "",
    run_id: String(input.run_id),
    run_number: "1",
    run_attempt: String(input.attempt),
    retention_days: "90",
    workflow: workflow.name ?? workflow.path,
    workflow_ref: `${repository.name}/${workflow.path}@${ref}`,
    workflow_sha: sha,
    server_url: "https://github.com",
    api_url: "https://api.github.com",
    graphql_url: "https://api.github.com/graphql",
    token,
  };
}

function owners(repository, actor) {
  const [owner] = repository.split("/");
  return {
    repository,
    repository_owner: owner,
    repositoryUrl: `git://github.com/${repository}.git`,
    actor,
    triggering_actor: actor,
  };
}
