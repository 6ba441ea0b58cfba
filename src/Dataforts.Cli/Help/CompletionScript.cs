namespace Dataforts.Cli.Help;

/// <summary>What a shell has to run once so that it completes this program's words.</summary>
internal static class CompletionScript
{
    private const string Bash = """
        # bash completion for dataforts
        _dataforts() {
            local program=$1 word=${COMP_WORDS[COMP_CWORD]} IFS=$'\n'
            type "$program" >/dev/null 2>&1 || program=dataforts
            COMPREPLY=($(compgen -W "$("$program" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "$word"))
        }
        complete -o default -F _dataforts dataforts

        """;

    private const string Zsh = """
        # zsh completion for dataforts
        _dataforts() {
            local -a words_found
            words_found=("${(@f)$(${words[1]} "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            if (( ${#words_found} )) && [[ -n "${words_found[1]}" ]]; then compadd -a words_found; fi
            _files
        }
        compdef _dataforts dataforts

        """;

    private const string Fish = """
        # fish completion for dataforts
        function __dataforts_suggest
            set -l line (commandline -cp)
            dataforts "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c dataforts -a '(__dataforts_suggest)'

        """;

    private const string PowerShell = """
        # PowerShell completion for dataforts
        Register-ArgumentCompleter -Native -CommandName dataforts -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            dataforts "[suggest:$cursorPosition]" "$commandAst" 2>$null |
                Where-Object { $_ -like "$wordToComplete*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }

        """;

    /// <summary>The shells there is a script for.</summary>
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "pwsh"];

    /// <summary>The script for <paramref name="shell"/>, or null.</summary>
    public static string? For(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        "pwsh" => PowerShell,
        _ => null,
    };
}
