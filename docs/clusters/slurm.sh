#!/bin/bash
#SBATCH --job-name=autoclue
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=8
#SBATCH --gpus-per-task=1
#SBATCH --time=24:00:00
#SBATCH --signal=B:TERM@120
#SBATCH --requeue

# Every machine must see SHARED under this path; it holds the studies, the data and the model.
set -euo pipefail
SHARED=${SHARED:-/shared}
PORT=${PORT:-6379}

export RAY_AUTH_MODE=token
RAY_AUTH_TOKEN=$(python -c 'import secrets; print(secrets.token_hex(32))')
export RAY_AUTH_TOKEN

mapfile -t machines < <(scontrol show hostnames "$SLURM_JOB_NODELIST")
head=${machines[0]}

start() {  # start MACHINE OPTION...: a Ray node that lasts as long as the job
    local machine=$1
    shift
    srun --nodes=1 --ntasks=1 --overlap --nodelist="$machine" \
        ray start "$@" --num-cpus="$SLURM_CPUS_PER_TASK" --disable-usage-stats --block &
}

start "$head" --head --port="$PORT"
sleep 20
for machine in "${machines[@]:1}"; do
    start "$machine" --address="$head:$PORT"
done
sleep 20

# In the background, so that the signal above reaches this script and is passed on.
srun --nodes=1 --ntasks=1 --overlap --nodelist="$head" \
    autoclue tune --task xnli --strategy discriminative --address "$head:$PORT" --gpus-per-trial 1 \
    --folder "$SHARED/studies" --data "$SHARED/CLUE" --model "$SHARED/ernie-3.0-base-zh" --study xnli &
search=$!
trap 'kill -TERM "$search"' TERM
wait "$search"
