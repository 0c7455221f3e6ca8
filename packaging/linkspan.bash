# Completion for linkspan(8): commands, options, and the names of connections the agent knows.

_linkspan()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    local commands="check plan apply status up down help" command="" word
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ " $commands " == *" $word "* ]] && command=$word && break
    done
    case $prev in
        -c | --config | --socket)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
    esac
    case $command in
        "") mapfile -t COMPREPLY < <(compgen -W "$commands --config --json --socket --no-colour --help --version" -- "$cur") ;;
        help) mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$cur") ;;
        status | up | down)
            word=$(linkspan status --json 2> /dev/null | grep -o '"connections":.*' | grep -oE '\{"name":"[^"]+"' | cut -d '"' -f 4)
            mapfile -t COMPREPLY < <(compgen -W "$word --json" -- "$cur")
            ;;
        *) mapfile -t COMPREPLY < <(compgen -W "--config --json" -- "$cur") ;;
    esac
}
complete -F _linkspan linkspan
